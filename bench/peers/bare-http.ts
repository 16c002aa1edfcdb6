import { createServer } from 'node:http'
import { readAnswer } from './answer.ts'

const { status, lines, body } = readAnswer()

createServer((_req, res) => res.writeHead(status, lines).end(body)).listen(Number(process.env.PORT), '127.0.0.1')
