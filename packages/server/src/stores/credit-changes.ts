import type { MovieWrite } from "./plan-writes.js";

/** How some writes change a person. */
export interface PersonChange {
  readonly id: string;
  /** The latest spelling of the name; undefined when the writes only take credits away. */
  readonly displayName: string | undefined;
  /** How many credits more the person has; negative for fewer. */
  readonly creditChange: number;
}

/** How some writes change the people credited in the movies. People who stay as they are are left out. */
export function creditChanges(writes: readonly MovieWrite[]): PersonChange[] {
  const people = new Map<string, PersonTally>();
  for (const write of writes) {
    for (const credit of write.before?.movie.credits ?? []) {
      const person = tallyOf(people, credit.personId);
      person.creditChange -= 1;
      person.formerNames.add(credit.displayName);
    }
    for (const credit of write.after?.credits ?? []) {
      const person = tallyOf(people, credit.personId);
      person.creditChange += 1;
      person.displayName = credit.displayName;
    }
  }
  return [...people]
    .filter(([, person]) => isChanged(person))
    .map(([id, { displayName, creditChange }]) => ({ id, displayName, creditChange }));
}

interface PersonTally {
  displayName: string | undefined;
  creditChange: number;
  readonly formerNames: Set<string>;
}

function tallyOf(people: Map<string, PersonTally>, id: string): PersonTally {
  let person = people.get(id);
  if (person === undefined) {
    person = { displayName: undefined, creditChange: 0, formerNames: new Set() };
    people.set(id, person);
  }
  return person;
}

function isChanged({ creditChange, displayName, formerNames }: PersonTally): boolean {
  return creditChange !== 0 || (displayName !== undefined && !formerNames.has(displayName));
}
