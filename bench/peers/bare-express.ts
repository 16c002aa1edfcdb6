import express from 'express'
import { headersOf, readAnswer } from './answer.ts'

const answer = readAnswer()
const headers = headersOf(answer)
const value = answer.body === '' ? null : JSON.parse(answer.body)

const app = express()
app.disable('x-powered-by')
app.disable('etag')

app.get('/', (_req, res) => {
  res.status(answer.status).set(headers)
  if (value === null) res.end()
  else res.json(value)
})

app.listen(Number(process.env.PORT), '127.0.0.1')
