import type { Applied, Plan } from '#model/plan.ts';
import { declarationName } from '#model/resource.ts';
import type { Context } from '../command.ts';
import { junit } from './junit.ts';
import { planDocument } from './plan-document.ts';
import { planMarkdown } from './plan-markdown.ts';
import { planText } from './plan-text.ts';
import { json } from './problems-document.ts';
import { sarif } from './sarif.ts';

/** A plan, or what became of one, in the format that was asked for; drift has a plan's shape and its own heading. */
export function showPlan(context: Context, plan: Plan | Applied, what: 'plan' | 'drift' = 'plan'): string {
  switch (context.format) {
    case 'json':
      return json(planDocument(plan));
    case 'markdown':
      return planMarkdown(plan, what);
    case 'sarif':
      return sarif(plan.problems, context.host.version);
    case 'junit':
      return junit(plan.problems, `kaas ${what} ${plan.environment}`);
    case 'name':
      return plan.changes.map(declarationName).join('\n');
    default:
      return planText(plan, context.paint);
  }
}
