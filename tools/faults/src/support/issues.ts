/** How often something is counted in what a node says of its state: a sentence with '(n times)', or once without. */
export function countIssues(socket: { readonly status: 'Nominal' | readonly string[] }, words: string): number {
  if (socket.status === 'Nominal') return 0
  return socket.status
    .filter((sentence) => sentence.includes(words))
    .reduce((sum, sentence) => sum + Number(/\((\d+) times\)$/.exec(sentence)?.[1] ?? 1), 0)
}
