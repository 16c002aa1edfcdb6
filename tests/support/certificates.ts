import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

export interface Certificate {
  /** Paths of PEM files. */
  certificate: string
  key: string
}

const openssl = promisify(execFile)
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']

/** An authority of its own, in `folder`. */
export async function createAuthority(folder: string, name: string): Promise<Certificate> {
  const files = filesOf(folder, name)
  const subject = ['-subj', `/CN=${name}`, '-days', '2']
  await openssl('openssl', ['req', '-x509', ...NEW_KEY, ...subject, '-keyout', files.key, '-out', files.certificate])
  return files
}

/** A certificate for one host, signed by `authority`. */
export async function createCertificate(folder: string, host: string, authority: Certificate): Promise<Certificate> {
  const files = filesOf(folder, host)
  const [request, extensions] = [join(folder, `${host}.csr`), join(folder, `${host}.ext`)]
  await writeFile(extensions, `subjectAltName = DNS:${host}\n`)
  await openssl('openssl', ['req', ...NEW_KEY, '-subj', `/CN=${host}`, '-keyout', files.key, '-out', request])
  const signer = ['-CA', authority.certificate, '-CAkey', authority.key, '-CAcreateserial', '-days', '2']
  await openssl('openssl', [
    'x509',
    '-req',
    '-in',
    request,
    ...signer,
    '-extfile',
    extensions,
    '-out',
    files.certificate,
  ])
  return files
}

const filesOf = (folder: string, name: string): Certificate => ({
  certificate: join(folder, `${name}.pem`),
  key: join(folder, `${name}.key`),
})
