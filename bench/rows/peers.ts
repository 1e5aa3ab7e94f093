import { type Case, interleave } from '../load.ts'
import { askList, askOne, startPostGraphile } from '../peers/postgraphile.ts'
import { makePeerDatabase } from '../peers/tables.ts'
import { activityKey } from '../register.ts'
import { against, type Row, type Setting, spread } from './row.ts'

/** Against a service that makes an API out of tables: the same activities, in tables as its users would model them. */
export const peerRows = async (setting: Setting): Promise<Row[]> => {
  const { activities, connectionString, register, start, headers, effort } = setting
  const postGraphile = await startPostGraphile(start, await makePeerDatabase(connectionString, activities))
  const keys = spread(activities, 100).map(activityKey)
  const path = '/v1/processing-activities'
  const ours = { subject: register, connections: 32, headers }
  const theirs = { subject: postGraphile, connections: 32 }
  const found = await interleave(
    {
      one: { ...ours, requests: keys.map((key) => ({ path: `${path}/${key}` })) },
      list: { ...ours, requests: [{ path: `${path}?limit=50` }] },
      theirOne: { ...theirs, requests: keys.map(askOne) },
      theirList: { ...theirs, requests: [askList(50)] },
    } satisfies Record<string, Case>,
    effort,
  )
  await postGraphile.stop()
  return [
    {
      activities,
      what: 'GET one activity with its children',
      figure: against(found.one, found.theirOne, 'PostGraphile'),
      wanted: '≥ 18 ×',
    },
    {
      activities,
      what: 'list of 50 with their children',
      figure: against(found.list, found.theirList, 'PostGraphile'),
      wanted: '≥ 15 ×',
    },
  ]
}
