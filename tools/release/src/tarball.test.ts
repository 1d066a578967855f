import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { contentFaults, filesIn, linkFaults } from './tarball.ts'

const long = 'a'.repeat(60)

/** An archive as tar writes it: for each file a block that names it, and its bytes in whole blocks. */
function tarballOf(files: readonly { path: string; prefix?: string; text: string; type?: string }[]): Uint8Array {
  const blocks = files.flatMap(({ path, prefix = '', text, type = '0' }) => {
    const header = Buffer.alloc(512)
    header.write(path, 0)
    header.write(text.length.toString(8).padStart(11, '0'), 124)
    header.write(type, 156)
    header.write(prefix, 345)
    const content = Buffer.alloc(Math.ceil(text.length / 512) * 512)
    content.write(text)
    return [header, content]
  })
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]))
}

test('the files of a tarball, whatever their sizes and however long their names', () => {
  const tarball = tarballOf([
    { path: 'package/package.json', text: '{}' },
    { path: 'package/dist', text: '', type: '5' },
    { path: `${long}.js`, prefix: 'package/dist', text: 'x'.repeat(513) },
    { path: 'package/LICENSE', text: '' },
  ])
  const files = [...filesIn(tarball)].map(([name, bytes]) => [name, new TextDecoder().decode(bytes)])
  expect(files).toEqual([
    ['package.json', '{}'],
    [`dist/${long}.js`, 'x'.repeat(513)],
    ['LICENSE', ''],
  ])
})

test('what is not for users is named, and what is missing', () => {
  const needed = ['package.json', 'README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts']
  const faults = (files: readonly string[]): string[] => contentFaults('ts2p', files, ['dist'])
  expect(faults([...needed, 'CHANGELOG.md', 'dist/compat/base.js'])).toEqual([])
  expect(faults([...needed, 'src/index.ts'])).toEqual(['ts2p: src/index.ts is not for users'])
  expect(faults([...needed, 'dist/store.test.js'])).toEqual(['ts2p: dist/store.test.js is not for users'])
  const generated = (file: string): string[] => contentFaults('ts2p', [...needed, file], ['dist', 'generated/*.js'])
  expect(generated('generated/mesh.js')).toEqual([])
  for (const file of ['generated/mesh.d.ts', 'generated/deeper/mesh.js', 'else/mesh.js'])
    expect(generated(file)).toEqual([`ts2p: ${file} is not for users`])
  expect(faults(needed.slice(1))).toEqual(['ts2p: package.json is missing'])
})

test('a link of the README that leads out of the package is named', () => {
  const faults = (readme: string): string[] =>
    linkFaults(
      'ts2p',
      new Map([
        ['README.md', new TextEncoder().encode(readme)],
        ['vectors/a.json', new Uint8Array(0)],
      ]),
    )
  expect(faults('[here](#here) [vectors](vectors/a.json#top) [home](https://example.org)')).toEqual([])
  const dead = '../mesh'
  expect(faults(`![picture](${dead}/picture.png)`)).toEqual([
    'ts2p: README.md links to ../mesh/picture.png, which is not in the package',
  ])
})
