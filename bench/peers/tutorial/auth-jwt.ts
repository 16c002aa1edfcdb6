import type { RequestHandler } from 'express'
import jwt from 'jsonwebtoken'
import type { Models } from './models.ts'

/** The middleware of the guarded routes. `verifyToken` comes first, and leaves the user's id in `res.locals.userId`. */
export function createAuthJwt({ User, Role }: Models, secret: string) {
  return { verifyToken, hasRole }

  function verifyToken(...[req, res, next]: Parameters<RequestHandler>): void {
    const token = req.headers.authorization?.split(' ')[1]
    if (!token) {
      res.status(403).json({ message: 'No token provided!' })
      return
    }
    jwt.verify(token, secret, (error, decoded) => {
      if (error || typeof decoded !== 'object') {
        res.status(401).json({ message: 'Unauthorized!' })
        return
      }
      res.locals.userId = decoded.id
      next()
    })
  }

  function hasRole(wanted: string): RequestHandler {
    return async (_req, res, next) => {
      const user = await User.findByPk(res.locals.userId, { include: { model: Role, as: 'roles' } })
      if (user?.roles?.some(({ name }) => name === wanted)) next()
      else res.status(403).json({ message: `Require ${wanted} role!` })
    }
  }
}
