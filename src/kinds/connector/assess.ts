import { anotherValue, type Fields, type Reason, type Risk, valueBefore } from '#model/change.ts';
import type { Assessment, Difference } from '../kind.ts';
import { reasons } from './problems.ts';

interface Failure {
  readonly id: number;
  readonly trace: string | null;
}

/** What stops, starts over or stands still by this change, and which tasks have failed. */
export function assess({ action, fields, live }: Difference): Assessment {
  const failed = failures(live);
  if (action === 'delete')
    return {
      risk: 'destructive',
      reasons: [
        {
          code: reasons.deleted,
          message: 'It moves no more records; how far it has come is known to a connector of the same name only.',
        },
        ...slotLeft(live?.fields),
        ...failed,
      ],
    };
  if (action !== 'update') return { reasons: failed };
  const risks: Record<string, Risk> = {};
  const said: Reason[] = [];
  const kind = fields.find(field => field.path === 'class');
  if (kind !== undefined) {
    risks.class = 'destructive';
    said.push({
      code: reasons.otherClass,
      message: `${kind.to} does not understand how far ${kind.from} has come: it starts where its own configuration says.`,
    });
  }
  if (fields.some(field => field.from === anotherValue || field.from === valueBefore))
    said.push({
      code: reasons.otherSecret,
      message: 'Its store holds another value than the connector has, as after a rotation: it starts anew with that.',
    });
  const state = fields.find(field => field.path === 'state');
  if (state !== undefined && state.to !== 'running') {
    risks.state = 'disruptive';
    said.push(
      { code: reasons.halted, message: `It moves no more records until it runs again (${state.to}).` },
      ...slotKept(live?.fields),
    );
  }
  const slot = fields.find(field => field.path === slotField);
  if (typeof slot?.from === 'string') said.push(...slotLeft(live?.fields));
  return { risks, reasons: [...said, ...failed] };
}

function failures(live: Difference['live']): Reason[] {
  const failed = (live?.details.failed ?? []) as readonly Failure[];
  const own: Reason[] = live?.details.state === 'FAILED' ? [{ code: reasons.failed, message: 'The connector has failed.' }] : [];
  return [
    ...own,
    ...failed.map(({ id, trace }) => ({
      code: reasons.failed,
      message: `Task ${id} has failed${trace === null ? '.' : `: ${trace}`}`,
    })),
  ];
}

const slotField = 'config.slot.name';

/** Debezium's replication slot in Postgres, which outlives the connector and keeps the log of all that was not read from it. */
const slotOf = (fields: Fields | undefined): string | undefined => {
  const slot = fields?.[slotField];
  return typeof slot === 'string' && String(fields?.['config.slot.drop.on.stop']) !== 'true' ? slot : undefined;
};

function slotLeft(fields: Fields | undefined): Reason[] {
  const slot = slotOf(fields);
  const message = `The replication slot \`${slot}\` stays in the database, which keeps its log from there on for ever: drop it there.`;
  return slot === undefined ? [] : [{ code: reasons.slot, message }];
}

function slotKept(fields: Fields | undefined): Reason[] {
  const slot = slotOf(fields);
  const message = `Meanwhile the database keeps its log for the replication slot \`${slot}\`.`;
  return slot === undefined ? [] : [{ code: reasons.slot, message }];
}
