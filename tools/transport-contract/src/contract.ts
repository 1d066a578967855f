import { describe, expect, test } from 'vitest'
import { addressContract } from './address-contract.ts'
import { dataContract } from './data-contract.ts'
import { endContract } from './end-contract.ts'
import { Stage } from './stage.ts'
import type { StagedTest, Subject } from './stage.ts'

/** Registers the tests that every transport passes. They listen on 127.0.0.1 at free ports. */
export function transportContract(name: string, make: () => Promise<Subject> | Subject): void {
  const staged: StagedTest = (title, story) => {
    // oxlint-disable-next-line vitest/valid-title -- the titles stand where this is called
    test(title, async () => {
      const stage = await Stage.open(await make())
      let breaches: string[] = []
      try {
        await story(stage)
      } finally {
        breaches = await stage.end()
      }
      expect(breaches).toEqual([])
    })
  }
  describe(`${name} keeps the contract of a transport`, () => {
    describe('data', () => {
      dataContract(staged)
    })
    describe('the end of a link', () => {
      endContract(staged)
    })
    describe('addresses', () => {
      addressContract(staged)
    })
  })
}
