import { interleave, type Request } from '../load.ts'
import * as directus from '../peers/directus.ts'
import { askList, askOne, startPostGraphile } from '../peers/postgraphile.ts'
import { activityRow, makePeerDatabase } from '../peers/tables.ts'
import { activityKey } from '../register.ts'
import { against, changesOf, type Row, type Setting, spread } from './row.ts'

/** Against services that make an API out of tables: the same activities, in tables as their users would model them. */
export const peerRows = async (setting: Setting): Promise<Row[]> => {
  const { activities, connectionString, register, start, headers, effort } = setting
  const database = await makePeerDatabase(connectionString, activities)
  const postGraphile = await startPostGraphile(start, database)
  const theirs = await directus.startDirectus(start, database)
  const keys = spread(activities, 100).map(activityKey)
  const path = '/v1/processing-activities'
  const ours = { subject: register, connections: 32, headers }
  let created = 0
  const creation = (): Request => {
    const row = activityRow(created % activities)
    return directus.create({ ...row, key: `created-${++created}-${Date.now()}` })
  }
  const found = await interleave(
    {
      one: { ...ours, requests: keys.map((key) => ({ path: `${path}/${key}` })) },
      list: { ...ours, requests: [{ path: `${path}?limit=50` }] },
      put: { ...ours, connections: 1, requests: changesOf(activities, headers) },
      postGraphileOne: { subject: postGraphile, connections: 32, requests: keys.map(askOne) },
      postGraphileList: { subject: postGraphile, connections: 32, requests: [askList(50)] },
      directusOne: { subject: theirs, connections: 32, requests: keys.map(directus.readOne) },
      directusList: { subject: theirs, connections: 32, requests: [directus.readList(50)] },
      directusCreate: { subject: theirs, connections: 1, requests: creation },
    },
    effort,
  )
  await postGraphile.stop()
  await theirs.stop()
  const row = (what: string, figure: string, wanted: string): Row => ({ activities, what, figure, wanted })
  const one = 'GET one activity with its children'
  const list = 'list of 50 with their children'
  return [
    row(one, against(found.one, found.postGraphileOne, 'PostGraphile'), '≥ 18 ×'),
    row(one, against(found.one, found.directusOne, 'Directus'), '≥ 200 ×'),
    row(list, against(found.list, found.postGraphileList, 'PostGraphile'), '≥ 15 ×'),
    row(list, against(found.list, found.directusList, 'Directus'), '≥ 100 ×'),
    row('PUT that changes one, 1 client', against(found.put, found.directusCreate, 'Directus’ create'), '≥ 15 ×'),
  ]
}
