import type { ViteUserConfig } from 'vitest/config'

export function packageTests(options?: {
  readonly workers?: number
  readonly include?: readonly string[]
}): ViteUserConfig
