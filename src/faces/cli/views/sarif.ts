import { isError, type Problem } from '#model/problem.ts';
import { json } from './problems-document.ts';

/** SARIF 2.1.0 (OASIS), as code scanners read it: one rule per code, one result per problem. */
export function sarif(problems: readonly Problem[], version: string): string {
  const rules = [...new Map(problems.map(problem => [problem.code, problem])).values()].map(problem => ({
    id: problem.code,
    shortDescription: { text: problem.title },
    ...(problem.hint === undefined ? {} : { help: { text: problem.hint } }),
  }));
  const location = (at: NonNullable<Problem['at']>) => ({
    physicalLocation: {
      artifactLocation: { uri: encodeURI(at.file), uriBaseId: 'SRCROOT' },
      region: { startLine: at.line, startColumn: at.column },
    },
  });
  const results = problems.map(problem => ({
    ruleId: problem.code,
    level: isError(problem) ? 'error' : 'warning',
    message: { text: problem.message },
    ...(problem.at === undefined ? {} : { locations: [location(problem.at)] }),
    ...(problem.related.length === 0 ? {} : { relatedLocations: problem.related.map(location) }),
  }));
  const driver = { name: 'kaas', version, rules };
  return json({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, results }],
  });
}
