import express from 'express'
import { addAccountRoutes } from './tutorial/account-routes.ts'
import { createAuthJwt } from './tutorial/auth-jwt.ts'
import { connect } from './tutorial/models.ts'
import { seed } from './tutorial/seed.ts'

/** The server that tutorials on Express, Sequelize and JWT end up with. */
const SECRET = 'bench-secret-key'

const { PORT, DATABASE_URL, COST } = process.env

const models = connect(DATABASE_URL ?? '')
await models.sequelize.sync()
await seed(models)

const app = express()
app.use(express.json())

const { verifyToken, hasRole } = createAuthJwt(models, SECRET)
addAccountRoutes(app, models, { secret: SECRET, cost: Number(COST ?? 8) })

app.get('/verify', verifyToken, hasRole('user'), (_req, res) => {
  res.status(204).end()
})

app.get('/userdetails', verifyToken, async (_req, res) => {
  const attributes = ['id', 'email', 'createdAt', 'updatedAt']
  const include = { model: models.Role, as: 'roles', attributes: ['name'], through: { attributes: [] } }
  res.json(await models.User.findByPk(res.locals.userId, { attributes, include }))
})

app.get('/moviedata', verifyToken, hasRole('user'), async (_req, res) => {
  res.json(await models.Movie.findAll({ order: ['title'], limit: 20 }))
})

app.listen(Number(PORT), '127.0.0.1')
