import { access } from './access/index.ts';
import { accessTemplate } from './access-template/index.ts';
import { acl } from './acl/index.ts';
import { connection } from './connection/index.ts';
import { connector } from './connector/index.ts';
import { consumerGroup } from './consumer-group/index.ts';
import { environment } from './environment/index.ts';
import { grant } from './grant/index.ts';
import { kafkaCluster } from './kafka-cluster/index.ts';
import type { Kind } from './kind.ts';
import { landscape } from './landscape/index.ts';
import { mirror } from './mirror/index.ts';
import { quota } from './quota/index.ts';
import { schema } from './schema/index.ts';
import { secret } from './secret/index.ts';
import { secretStore } from './secret-store/index.ts';
import { serviceAccount } from './service-account/index.ts';
import { tenant } from './tenant/index.ts';
import { topic } from './topic/index.ts';
import { topicTemplate } from './topic-template/index.ts';

/** Every kind, one line each: the one list of kinds. */
export const kinds: readonly Kind[] = [
  landscape,
  environment,
  kafkaCluster,
  tenant,
  topicTemplate,
  accessTemplate,
  secretStore,
  secret,
  topic,
  schema,
  serviceAccount,
  access,
  grant,
  acl,
  quota,
  consumerGroup,
  connection,
  connector,
  mirror,
];
