import { CreditRole, type Movie } from "@cinedeepmatch/sdk-web";
import { Fragment } from "react";

/** Year, length, rating and genres in one line. */
export function MovieFacts({ movie }: { movie: Movie }) {
  const { releaseYear, runtimeMinutes, genres, rating } = movie;
  const facts = [
    releaseYear > 0 ? String(releaseYear) : undefined,
    runtimeMinutes > 0 ? lengthOf(runtimeMinutes) : undefined,
    rating !== undefined && rating.count > 0n ? `★ ${rating.average.toFixed(1)}` : undefined,
    genres.slice(0, 3).join(", ") || undefined,
  ].filter((fact) => fact !== undefined);
  return (
    <p className="facts">
      {facts.map((fact, index) => (
        <Fragment key={fact}>
          {index > 0 && " "}
          <span>{fact}</span>
        </Fragment>
      ))}
    </p>
  );
}

/** Who made it and who is in it. */
export function MoviePeople({ movie, most = 3 }: { movie: Movie; most?: number }) {
  const named = (role: CreditRole, limit: number) =>
    movie.credits
      .filter((credit) => credit.role === role)
      .slice(0, limit)
      .map((credit) => credit.displayName)
      .join(", ");
  const directors = named(CreditRole.DIRECTOR, 2);
  const cast = named(CreditRole.ACTOR, most);
  if (directors === "" && cast === "") return null;
  return (
    <p className="people">
      {directors !== "" && (
        <>
          <span className="people-role">by</span> {directors}
        </>
      )}
      {cast !== "" && (
        <>
          {" "}
          <span className="people-role">with</span> {cast}
        </>
      )}
    </p>
  );
}

function lengthOf(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes} min` : `${hours} h ${minutes % 60} min`;
}
