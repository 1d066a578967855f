// libp2p 3 needs Promise.withResolvers, which Node 20 lacks. To be imported before it.
if (!('withResolvers' in Promise)) {
  Object.defineProperty(Promise, 'withResolvers', {
    configurable: true,
    writable: true,
    value: function withResolvers() {
      let [resolve, reject]: ((value?: unknown) => void)[] = []
      const promise = new Promise((give, refuse) => {
        resolve = give
        reject = refuse
      })
      return { promise, resolve, reject }
    },
  })
}
