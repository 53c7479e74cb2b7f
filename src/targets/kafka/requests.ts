import type { RequestCounts } from '#ports/connection.ts';

const reads = /^(Metadata|Describe|List|Find|Offset|ApiVersions|Sasl|ConsumerGroupDescribe|ShareGroupDescribe)/;

/** Counts requests by Kafka's name of the API. A validate-only request is a probe and counts as `<Api>(validateOnly)`, not as a write. */
export class RequestLog implements RequestCounts {
  readonly byApi = new Map<string, number>();
  writes = 0;

  count(api: string, validateOnly: boolean): void {
    const name = validateOnly ? `${api}(validateOnly)` : api;
    this.byApi.set(name, (this.byApi.get(name) ?? 0) + 1);
    if (!validateOnly && !reads.test(api)) this.writes++;
  }
}

export const isWrite = (api: string): boolean => !reads.test(api);
