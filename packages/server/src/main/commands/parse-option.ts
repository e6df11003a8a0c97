import { InvalidArgumentError } from "commander";

/** Makes a parser of an option that takes a whole number within bounds. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (text.trim() !== "" && Number.isInteger(number) && number >= min && number <= max) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

/** Parses an option that may be given several times. */
export function repeated(value: string, previous: string[] = []): string[] {
  return [...previous, value];
}

/** Parses a year of release. */
export const year = wholeNumber(1870, 2200);
