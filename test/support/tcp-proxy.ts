import { connect, createServer, type Socket } from 'node:net'

/**
 * A TCP proxy that can misbehave: `cut` ends every connection and refuses new ones, `stall` keeps them and forwards
 * nothing any more, in neither direction.
 * @param listenOn its port; 0: a free one
 */
export const createTcpProxy = async (host: string, port: number, listenOn = 0) => {
  let mode: 'forward' | 'cut' | 'stall' = 'forward'
  const open = new Set<Socket>()
  const server = createServer((near) => {
    if (mode === 'cut') return near.destroy()
    const far = connect({ host, port })
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from)
      from.on('data', (chunk) => {
        if (mode === 'forward') to.write(chunk)
      })
      from.on('error', () => to.destroy())
      from.on('close', () => {
        open.delete(from)
        to.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(listenOn, '127.0.0.1', resolve))
  const cut = () => {
    for (const socket of open) socket.destroy()
  }
  return {
    port: (server.address() as { port: number }).port,
    become(next: typeof mode) {
      mode = next
      if (mode === 'cut') cut()
    },
    async close() {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
