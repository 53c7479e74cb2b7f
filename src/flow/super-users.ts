import { Fault } from '#model/fault.ts';
import type { ConfigEntry, Kafka } from '#ports/kafka.ts';

/** Who may do everything whatever the ACLs say, as far as the brokers tell. */
export interface SuperUsers {
  /** Principals with their type, where the brokers name them. */
  readonly principals: readonly string[];
  /** What has to be said beside them; undefined when the list is the whole truth. */
  readonly caveat?: string;
}

const key = 'super.users';
const authorizer = 'authorizer.class.name';

type Asked = Pick<Kafka, 'describeCluster' | 'describeConfigs'>;
const unread = (why: string): SuperUsers => ({
  principals: [],
  caveat: `Whether the brokers have super users could not be read: ${why}`,
});

/**
 * Asks one broker; that it could not be asked is part of the answer. Apache Kafka hides the value of `super.users`, as of every key that is no
 * configuration of the broker proper (ConfigHelper, KafkaConfig.maybeSensitive); others may tell it.
 */
export async function superUsersOf(kafka: Asked): Promise<SuperUsers> {
  try {
    const { brokers } = await kafka.describeCluster();
    const request = { type: 'broker' as const, name: String(brokers[0]?.id), keys: [key, authorizer] };
    const [answer] = await kafka.describeConfigs([request]);
    if (answer === undefined) return unread('no answer.');
    return answer.ok ? superUsersIn(answer.value) : unread(answer.fault.message);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return unread(error.message);
  }
}

/** What a broker's configuration says of them. Pure. */
export function superUsersIn(config: readonly Pick<ConfigEntry, 'name' | 'value'>[]): SuperUsers {
  const entry = (name: string) => config.find(each => each.name === name);
  if (entry(authorizer)?.value === '')
    return { principals: [], caveat: 'The brokers have no authorizer: everybody may do everything.' };
  const found = entry(key);
  if (found === undefined) return { principals: [] };
  if (found.value === null)
    return { principals: [], caveat: 'The brokers have super users, who may do everything, and do not tell who they are.' };
  const principals = found.value.split(';').map(each => each.trim());
  return { principals: principals.filter(each => each !== '') };
}
