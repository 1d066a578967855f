import { generate } from 'selfsigned'
import type { Certificate } from '@ts2p/base'

/** A certificate for some addresses, signed by itself. */
export async function testCertificate(addresses: readonly string[]): Promise<Certificate> {
  const altNames = addresses.map((ip) => ({ type: 7 as const, ip }))
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'test' }], {
    keySize: 2048,
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames }],
  })
  return { key, cert }
}
