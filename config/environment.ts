import dotenv from 'dotenv'

/**
 * The environment, and beneath it what `.env` in the working directory says. The process's own stays as it is: what is
 * started later reads the file anew.
 */
export function readEnvironment(): Readonly<Record<string, string | undefined>> {
  const environment = { ...process.env }
  dotenv.config({ quiet: true, processEnv: environment as Record<string, string> })
  return environment
}
