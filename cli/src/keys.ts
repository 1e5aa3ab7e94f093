import { Command, Option } from 'commander'
import { itemsOf, type Schemas } from '../../client/src/index.ts'
import { answered, type CommonOptions, clientOf, registerCommand } from './run.ts'

const roles = ['reader', 'service', 'editor', 'approver', 'admin'] as const

/** `ropa keys`: the API keys of the register. */
export const keysCommand = () =>
  new Command('keys')
    .description('list, create and revoke API keys')
    .addCommand(
      registerCommand('list', 'list the keys, without their secrets', false).action(async (options: CommonOptions) => {
        const client = clientOf(options)
        const list = (cursor: string | undefined) =>
          answered(options, client.GET('/v1/api-keys', { params: { query: { ...(cursor && { cursor }) } } })).then(
            (data) => ({ data }),
          )
        for await (const { id, principal, role, service, expiresAt, revokedAt } of itemsOf(list)) {
          const ends = revokedAt ? `revoked ${revokedAt}` : expiresAt ? `until ${expiresAt}` : 'without end'
          console.log([id, principal, role, service, ends].filter(Boolean).join('\t'))
        }
      }),
    )
    .addCommand(
      registerCommand('create', 'create a key; it is shown this once, alone on standard output', false)
        .requiredOption('--principal <name>', 'who it stands for')
        .addOption(new Option('--role <role>', 'what it may do').choices(roles).makeOptionMandatory())
        .option('--service <key>', 'the service that it stands for; with the role `service`')
        .option('--expires-at <time>', 'when it ends (RFC 3339)')
        .action(async (options: CommonOptions & Schemas['ApiKeyInput']) => {
          const { principal, role, service, expiresAt } = options
          const body = { principal, role, ...(service && { service }), ...(expiresAt && { expiresAt }) }
          const { key } = await answered(options, clientOf(options).POST('/v1/api-keys', { body }))
          console.log(key)
        }),
    )
    .addCommand(
      registerCommand('revoke', 'revoke a key', false)
        .argument('<id>', 'its id, from `ropa keys list`')
        .action(async (id: string, options: CommonOptions) => {
          await answered(options, clientOf(options).DELETE('/v1/api-keys/{id}', { params: { path: { id } } }))
          console.log(`Revoked ${id}.`)
        }),
    )
