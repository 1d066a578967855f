import { ArgumentError, checkKnown, checkOptions, systemEnvironment } from '@ts2p/base'
import { defaultStoreLimits } from '@ts2p/store'
import { KeyValueCodec } from './dictionary/key-value-codec.ts'
import { completeTerms } from './network-lease-terms.ts'
import type { ReplicaOptions } from './replica.ts'
import { syncOptionNames } from './sync-options.ts'
import type { SyncSocketOptions } from './sync-options.ts'

/** What follows from the options of a socket. */
export interface CompleteOptions<K, V> {
  readonly codec: KeyValueCodec<K, V>
  readonly replica: Omit<ReplicaOptions, 'identity'>
  /** Whether the node can come back with the same id: the application gave the identity, or there is a `persistence`. */
  readonly isIdentityPersisted: boolean
}

/** Checks the options of a socket, and completes them. @throws {ArgumentError} */
export function completeOptions<K, V>(options: SyncSocketOptions<K, V>): CompleteOptions<K, V> {
  checkOptions(options)
  checkKnown('options', options, syncOptionNames)
  const {
    leasing,
    leaseSeconds,
    leaseSecondsMax,
    policies,
    signing = true,
    keyEncoding,
    valueEncoding,
    schema,
    storeLimits = {},
    persistence,
    ...meshOptions
  } = options
  const terms = completeTerms({ leasing, leaseSeconds, leaseSecondsMax, policies, keyEncoding })
  const hasUnleased = !terms.leasing || terms.policies.some((policy) => !policy.leasing)
  const codec = new KeyValueCodec<K, V>({ keyEncoding, valueEncoding, schema, hasFields: hasUnleased })
  checkKnown('storeLimits', storeLimits, Object.keys(defaultStoreLimits))
  if (typeof signing !== 'boolean') throw new ArgumentError('signing', 'true or false', signing)
  const environment = options.environment ?? systemEnvironment()
  return {
    codec,
    replica: { ...meshOptions, environment, storeLimits, terms, isSigned: signing },
    isIdentityPersisted: persistence !== undefined || options.identity !== undefined,
  }
}
