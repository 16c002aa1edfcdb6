import express from 'express'
import pg from 'pg'
import { headersOf, readAnswer } from './answer.ts'
import { presentMovies, presentUser } from './express-query/present.ts'
import { MOVIES, type MovieRow, USER, type UserRow } from './express-query/queries.ts'

/** On a database of Gatehouse's: what it answers, by one prepared query, to whoever asks. */
const headers = headersOf(readAnswer())
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 })

const app = express()
app.disable('x-powered-by')
app.disable('etag')

app.get('/userdetails/:id', async (req, res) => {
  const { rows } = await pool.query<UserRow>({ ...USER, values: [req.params.id] })
  const [user] = rows
  if (user) res.set(headers).json({ user: presentUser(user) })
  else res.status(404).end()
})

app.get('/moviedata', async (_req, res) => {
  const { rows } = await pool.query<MovieRow>(MOVIES)
  res.set(headers).json(presentMovies(rows))
})

app.listen(Number(process.env.PORT), '127.0.0.1')
