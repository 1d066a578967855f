import { X509Certificate } from 'node:crypto'
import { ArgumentError } from '@ts2p/base'
import { expect, test } from 'vitest'
import { selfSignedCertificate } from './index.ts'

const dayMs = 24 * 3600 * 1000

test('a self-signed certificate is for its hosts, names and addresses', async () => {
  const { cert } = await selfSignedCertificate({ hosts: ['node.example', '127.0.0.1', '::1'] })
  const certificate = new X509Certificate(cert)
  expect(certificate.checkHost('node.example')).toBe('node.example')
  expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1')
  expect(certificate.checkIP('::1')).toBe('::1')
  expect(certificate.checkHost('other.example')).toBeUndefined()
})

test('it is no authority: who trusts it trusts one node, not all for which that node might sign', async () => {
  const { cert } = await selfSignedCertificate({ hosts: ['127.0.0.1'] })
  expect(new X509Certificate(cert).ca).toBe(false)
})

test('it is valid for the days asked for, and already for a clock that is a few hours slow', async () => {
  const { cert } = await selfSignedCertificate({ hosts: ['127.0.0.1'], days: 10 })
  const { validFrom, validTo } = new X509Certificate(cert)
  expect(Math.round((Date.parse(validTo) - Date.parse(validFrom)) / dayMs)).toBe(11)
  expect(Date.parse(validFrom)).toBeLessThan(Date.now() - dayMs / 2)
})

test('it says what it protects from and what not', async () => {
  const { warning } = await selfSignedCertificate({ hosts: ['127.0.0.1'] })
  expect(warning).toBe(
    'This certificate is self-signed: it protects from those who only listen, not from those who answer in the place ' +
      'of the node. Give it to the others as `ca`, or use one of an authority.',
  )
})

test('it needs a host', async () => {
  await expect(selfSignedCertificate({ hosts: [] })).rejects.toThrow(ArgumentError)
})

test('an option that there is not is refused', async () => {
  await expect(selfSignedCertificate({ hosts: ['127.0.0.1'], day: 3 } as never)).rejects.toThrow(
    /^options.day is no option\. Did you mean days\?/,
  )
})
