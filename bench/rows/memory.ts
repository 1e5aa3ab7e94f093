import { loadModel } from '../../src/register/load.ts'
import type { Row, Setting } from './row.ts'

export const memoryRows = async ({ activities, db }: Setting): Promise<Row[]> => {
  const used = () => {
    globalThis.gc?.()
    const { heapUsed, arrayBuffers, external } = process.memoryUsage()
    return (heapUsed + Math.max(arrayBuffers, external)) / 2 ** 20
  }
  const before = used()
  const began = performance.now()
  const model = await loadModel(db)
  const seconds = (performance.now() - began) / 1000
  return [
    {
      activities,
      what: 'load of the read model',
      figure: `${seconds.toFixed(2)} s, ${Math.round(used() - before)} MiB for ${model.size} entries`,
      wanted: '50,000: < 5 s, < 400 MiB',
    },
  ]
}
