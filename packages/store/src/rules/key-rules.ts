import type { BinaryString } from '../values/binary-string.ts'
import type { LeaseRules } from '../leases/key-state.ts'
import type { LeasePolicies } from './lease-policies.ts'

/** The rules of each key. */
export class KeyRules {
  readonly #policies: LeasePolicies
  readonly #leased: LeaseRules
  readonly #unleased: LeaseRules

  constructor(policies: LeasePolicies, leased: LeaseRules) {
    this.#policies = policies
    this.#leased = leased
    this.#unleased = { ...leased, leaseSeconds: 0, leaseSecondsMax: 0 }
  }

  /** Whether all keys have the same rules. */
  get areUniform(): boolean {
    return this.#policies.areUniform
  }

  rulesOf(key: BinaryString): LeaseRules {
    return this.#policies.isLeased(key) ? this.#leased : this.#unleased
  }

  isLeased(key: BinaryString): boolean {
    return this.#policies.isLeased(key)
  }
}
