import { startFrontend } from './dev-server.ts'

const { GATEHOUSE_URL = 'http://localhost:3000', PORT = '8080' } = process.env

const { port } = await startFrontend({ gatehouseUrl: GATEHOUSE_URL, host: 'localhost', port: Number(PORT) })
process.stdout.write(`http://localhost:${port} asks ${GATEHOUSE_URL}\n`)
