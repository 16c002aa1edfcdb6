import { randomUUID } from 'node:crypto'
import bcrypt from 'bcrypt'
import type { Express } from 'express'
import jwt from 'jsonwebtoken'
import type { Models } from './models.ts'

const JWT_SECONDS = 3600
const JWT_REFRESH_SECONDS = 86_400

/** Register, login and refresh. `cost` is that of bcrypt. */
export function addAccountRoutes(
  app: Express,
  { User, Role, RefreshToken }: Models,
  { secret, cost }: { secret: string; cost: number },
): void {
  app.post('/register', async (req, res) => {
    const { email, password } = req.body
    if (await User.findOne({ where: { email } })) {
      res.status(400).json({ message: 'Failed! Email is already in use!' })
      return
    }
    const user = await User.create({ email, password: bcrypt.hashSync(password, cost) })
    const role = await Role.findOne({ where: { name: 'user' } })
    if (role) await user.addRole(role)
    res.json({ message: 'User was registered successfully!' })
  })

  app.post('/login', async (req, res) => {
    const { email, password } = req.body
    const user = await User.findOne({ where: { email }, include: { model: Role, as: 'roles' } })
    if (!user) {
      res.status(404).json({ message: 'User Not found.' })
      return
    }
    if (!bcrypt.compareSync(password, user.password)) {
      res.status(401).json({ accessToken: null, message: 'Invalid Password!' })
      return
    }
    const { id } = user
    const roles = user.roles?.map(({ name }) => name)
    res.json({ id, email, roles, accessToken: accessTokenOf(id), refreshToken: await createRefreshToken(id) })
  })

  app.post('/refresh', async (req, res) => {
    const { refreshToken: token } = req.body
    const stored = await RefreshToken.findOne({ where: { token } })
    if (!stored) {
      res.status(403).json({ message: 'Refresh token is not in database!' })
      return
    }
    if (stored.expiryDate < new Date()) {
      await stored.destroy()
      res.status(403).json({ message: 'Refresh token was expired. Please make a new signin request' })
      return
    }
    res.json({ accessToken: accessTokenOf(stored.userId), refreshToken: token })
  })

  function accessTokenOf(id: number): string {
    return jwt.sign({ id }, secret, { expiresIn: JWT_SECONDS })
  }

  async function createRefreshToken(userId: number): Promise<string> {
    const expiryDate = new Date(Date.now() + JWT_REFRESH_SECONDS * 1000)
    const { token } = await RefreshToken.create({ token: randomUUID(), userId, expiryDate })
    return token
  }
}
