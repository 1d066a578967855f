import type { BinaryString } from '../values/binary-string.ts'

/** Whether keys that begin with a prefix have leases. */
export interface KeyPolicy {
  /** One byte or more. It does not begin with `~`: an owned key is its owner's. */
  readonly prefix: BinaryString
  readonly leasing: boolean
}

/** Which keys have leases: the policy of the longest prefix with which a key begins says so. */
export class LeasePolicies {
  readonly #leasing: boolean
  /** The longest prefix first. */
  readonly #policies: readonly KeyPolicy[]

  /** @param options.leasing whether keys without a policy have leases */
  constructor(options: { readonly leasing: boolean; readonly policies: readonly KeyPolicy[] }) {
    this.#leasing = options.leasing
    this.#policies = options.policies.toSorted((x, y) => y.prefix.length - x.prefix.length)
  }

  /** Whether all keys are alike. */
  get areUniform(): boolean {
    return this.#policies.length === 0
  }

  isLeased(key: BinaryString): boolean {
    if (this.areUniform) return this.#leasing
    return this.#policies.find(({ prefix }) => key.startsWith(prefix))?.leasing ?? this.#leasing
  }
}
