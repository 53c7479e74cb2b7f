/** Something that lives on a cluster and that import writes no document for, or no whole one, and why. */
export interface LeftOut {
  readonly kind: string;
  /** Logical cluster. */
  readonly cluster: string;
  /** As the outside knows it. */
  readonly name: string;
  readonly code: string;
  readonly message: string;
}

/** Things of one kind on one cluster that are left out for one reason. */
export interface LeftOutGroup extends Omit<LeftOut, 'name'> {
  readonly count: number;
  /** The first ten names, sorted. */
  readonly examples: readonly string[];
}

/** Grouped by cluster, kind and reason, in this order. */
export function groupLeftOut(left: readonly LeftOut[]): LeftOutGroup[] {
  const groups = Map.groupBy(left, each => [each.cluster, each.kind, each.code, each.message].join('\t'));
  return [...groups.keys()].toSorted().map(key => {
    const group = groups.get(key) as LeftOut[];
    const { kind, cluster, code, message } = group[0] as LeftOut;
    const names = group.map(each => each.name).toSorted();
    return { kind, cluster, code, message, count: group.length, examples: names.slice(0, 10) };
  });
}
