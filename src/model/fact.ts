/** What kinds tell each other without knowing each other. Names are remote names without prefix unless said otherwise. */
export type Fact =
  | {
      readonly fact: 'topic';
      readonly tenant: string | null;
      /** The logical cluster that it is on: names on two clusters never meet. */
      readonly cluster: string | null;
      readonly name: string;
      readonly remoteName: string;
      readonly dataClass?: string;
      /** Where the documents say it; otherwise the broker's default decides. */
      readonly partitions?: number;
      /** Most bytes that one replica of a partition keeps; absent: no document bounds it. */
      readonly bytesPerPartition?: number;
    }
  | {
      readonly fact: 'account';
      readonly tenant: string | null;
      readonly name: string;
      /** The logical cluster that it is on. */
      readonly cluster: string | null;
      /** With type and prefix: `User:dev.payments.checkout`. */
      readonly principal: string;
      /** Without prefix. */
      readonly plainPrincipal: string;
      readonly scram: boolean;
      /** Where its password is kept, `<store>/<key>`; absent where we make none. */
      readonly credential?: string;
    }
  | {
      readonly fact: 'secret';
      readonly tenant: string | null;
      readonly name: string;
      /** Where its value is kept, `<store>/<key>`; several values stand below it, as `<store>/<key>/<entry>`. */
      readonly place: string;
      /** The names of those values, the empty one for the place itself; absent where only opening it tells. */
      readonly entries?: readonly string[];
      /** The sealed texts, as they stand in Git. */
      readonly texts: readonly string[];
    }
  | {
      readonly fact: 'consent';
      readonly from: string | null;
      readonly to: string;
      readonly as: string;
      /** Topic names or `prefix*`. */
      readonly topics: readonly string[];
      /** ISO date on which it ends (inclusive). */
      readonly until?: string;
    }
  | {
      readonly fact: 'schemaConsent';
      readonly from: string | null;
      readonly to: string;
      /** Names of Schema documents, or `prefix*`. */
      readonly schemas: readonly string[];
      readonly until?: string;
    }
  | {
      readonly fact: 'secretStore';
      readonly tenant: string | null;
      readonly name: string;
      /** Of a platform's store: the tenants that it is for; absent: every one. */
      readonly tenants?: readonly string[];
      /** Where its secrets stand, the same for two stores on one place. */
      readonly place: string;
    }
  | {
      readonly fact: 'storeConsent';
      readonly from: string | null;
      readonly to: string;
      /** As written: references of `from`. */
      readonly stores: readonly string[];
      /** ISO date on which it ends (inclusive). */
      readonly until?: string;
    }
  | {
      readonly fact: 'mirrorConsent';
      readonly from: string | null;
      /** The Mirror that may copy. */
      readonly mirror: string;
      /** Topic and group names or `prefix*`. */
      readonly topics: readonly string[];
      readonly groups: readonly string[];
      /** ISO date on which it ends (inclusive). */
      readonly until?: string;
    }
  | {
      readonly fact: 'mirror';
      readonly name: string;
      /** As written. */
      readonly from: string;
      readonly to: string;
      readonly topics: readonly string[];
      /** Do topics keep their names on the target? */
      readonly identity: boolean;
    }
  | {
      readonly fact: 'accessTemplate';
      readonly name: string;
      readonly parameters: readonly string[];
      readonly rules: readonly AccessRule[];
    };

export interface AccessRule {
  readonly resource: string;
  readonly name: string;
  readonly pattern?: string;
  readonly operations: readonly string[];
}
