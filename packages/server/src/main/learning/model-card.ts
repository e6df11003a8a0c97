import type { LearnReport } from "../../learning/index.js";
import type { ModelComparison } from "./compare-models.js";

const figure = (value: number) => value.toFixed(4);

function partsOf({ mix }: LearnReport): string {
  const parts = {
    "what follows": mix.transitions.scale > 0,
    "what goes together": mix.together.scale > 0,
    tower: mix.tower === 1,
  };
  const used = Object.entries(parts).flatMap(([name, isUsed]) => (isUsed ? [name] : []));
  const left = mix.tower === 1 ? "" : "; a tower would not have been better beyond doubt";
  return `${used.join(", ")}${left}`;
}

/** What was done after the figures were taken. */
function latest({ recounted }: LearnReport): string {
  if (recounted === undefined) return "";
  return `After this it was given what had been kept apart: what follows and goes with what was counted anew from all
${recounted.events} events of ${recounted.users} users. The tower and the shares are those that were measured.

`;
}

/** The card of a learned model: what it was made of, how good it is, and beside what. */
export function modelCard(name: string, report: LearnReport, comparison: ModelComparison): string {
  const { candidate, rivals, cases, users, from, better } = comparison;
  const rows = rivals.map(({ name: rival, scores, candidateIsBetterBy: by }) => {
    const range = `${figure(by.difference)} (${figure(by.low)} to ${figure(by.high)})`;
    return `| ${rival} | ${figure(scores["ndcg@10"])} | ${figure(scores["hr@10"])} | ${range} | ${by.better ? "yes" : "no"} |`;
  });
  return `# ${name}

A taste model, learned from the activity of one deployment by \`cinedeepmatch learn\`.

| | |
| --- | --- |
| Learned from | ${report.events} events of ${report.users} users with ${report.movies} movies |
| Learned in | ${report.seconds} s, ${report.epochs} epochs |
| Parts | ${partsOf(report)} |
| Licence of the weights | that of the activity |

## How good it is

Next item on a time split: the model knows what happened before ${from}, and tells what ${users} users liked next after
that, ${cases} times, among all movies that the user had nothing to do with. Each time it is given all that the user had
done until then.

| Model | NDCG@10 | HR@10 | This one is better by (95 %, NDCG@10) | Significantly |
| --- | --- | --- | --- | --- |
| this one | ${figure(candidate["ndcg@10"])} | ${figure(candidate["hr@10"])} | | |
${rows.join("\n")}

${latest(report)}The ranges are of a paired bootstrap over users. ${better ? "It is significantly better than all of them." : "It is not significantly better than all of them."}

## What it cannot do

It knows the tastes of those it was learned from, as they were then. It was made from one deployment's activity and says
nothing about other catalogues or audiences. Who erases a user's data should learn anew.
`;
}
