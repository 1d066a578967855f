import type { ViteUserConfig } from 'vitest/config'

export function packageTests(): ViteUserConfig
