import { it } from 'node:test'
import { warm } from '../../config/warm.ts'

it('what an install does to make the first start light can be done', () => warm())
