import bcrypt from 'bcrypt'

/** Runs in a worker thread, where a synchronous call holds up nobody. */
export const hash = ({ input, cost }: { input: string; cost: number }): string => bcrypt.hashSync(input, cost)

export const compare = ({ input, hashed }: { input: string; hashed: string }): boolean =>
  bcrypt.compareSync(input, hashed)
