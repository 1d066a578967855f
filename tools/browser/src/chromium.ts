import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'

const executablePath = process.env['TS2P_CHROMIUM'] ?? '/usr/bin/chromium'

/** Whether there is a browser. In CI there always is one: a test that cannot start it fails there. */
export function hasChromium(): boolean {
  return existsSync(executablePath) || process.env['CI'] !== undefined
}

/** Says why tests are left out. */
export function sayThatChromiumIsMissing(): void {
  console.warn(
    `The tests in a browser are left out: there is no Chromium at ${executablePath}. ` +
      'Install one (on Debian: apt-get install chromium), or name one by TS2P_CHROMIUM.',
  )
}

export function startChromium(): Promise<Browser> {
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    // The address bar's lists are pages too: one would be loaded for each window, in a process that takes longer than most tests.
    '--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup',
  ]
  return chromium.launch({ executablePath, args })
}
