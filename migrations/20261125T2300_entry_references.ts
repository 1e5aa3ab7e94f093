import { type Kysely, sql } from 'kysely'

/**
 * What a revision refers to, and what lists know of it, are part of the revision. What holds now is in tables of its own, of
 * which a write touches only what it changes; before, each write stored all of it anew and marked what it replaced. What a
 * service owns is found by an index: each of its manifests asks for it.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    alter table revisions
      add column targets uuid[] not null default '{}',
      add column facets text[] collate "C" not null default '{}';
    comment on column revisions.targets is 'Ids of the entries that the content refers to.';
    comment on column revisions.facets is 'What lists filter on, drawn out of the content: kind=value.';

    alter table revisions disable trigger revisions_append_only;
    update revisions r set
      targets = array(select x.target_id from revision_references x where x.revision_id = r.id order by x.target_id),
      facets = array(select f.kind || '=' || f.value from revision_facets f where f.revision_id = r.id order by 1);
    alter table revisions enable trigger revisions_append_only;
    alter table revisions alter column targets drop default, alter column facets drop default;

    create table entry_references (
      entry_id uuid not null references entries (id),
      target_id uuid not null references entries (id),
      resource text not null,
      shown boolean not null,
      primary key (entry_id, target_id)
    );
    comment on table entry_references is 'What the revisions of an entry in force and proposed refer to; shown: the one that is shown does.';
    create index entry_references_target on entry_references (target_id, resource);

    create table entry_facets (
      entry_id uuid not null references entries (id),
      facet text not null collate "C",
      resource text not null,
      primary key (entry_id, facet)
    );
    comment on table entry_facets is 'What lists filter on: the facets of the revision that is shown, while the entry is not retired.';
    create index entry_facets_value on entry_facets (resource, facet);

    insert into entry_references (entry_id, target_id, resource, shown)
    select e.id, t.id, e.resource, bool_or(r.id = e.shown_id)
    from entries e join revisions r on r.id in (e.in_force_id, e.proposed_id) cross join unnest(r.targets) as t(id)
    group by e.id, t.id;
    insert into entry_facets (entry_id, facet, resource)
    select e.id, f.facet, e.resource
    from entries e join revisions r on r.id = e.shown_id cross join unnest(r.facets) as f(facet)
    where e.status <> 'retired';

    drop table revision_references, revision_facets;

    create index entries_owner on entries (owner_id) where owner_id is not null;`.execute(db)
}
