import type { Movie } from "@cinedeepmatch/sdk-web";
import { useId, useMemo, useState } from "react";
import { PosterArt } from "./poster-art.js";
import { designPoster } from "./poster-design.js";

/** A movie's poster: its own where the catalogue has one, else one made up from title, year and genres. */
export function Poster({ movie }: { movie: Movie }) {
  const id = useId();
  const [broken, setBroken] = useState(false);
  const { title, releaseYear, genres, posterUri } = movie;
  const design = useMemo(() => designPoster(title, releaseYear, genres), [title, releaseYear, genres]);

  if (posterUri !== "" && !broken) {
    return (
      <div className="poster">
        <img src={posterUri} alt="" loading="lazy" decoding="async" onError={() => setBroken(true)} />
      </div>
    );
  }
  // Read aloud, it would only repeat the title beside it.
  return (
    <div
      className={`poster poster-made lettering-${design.lettering}`}
      data-length={lengthOf(title)}
      aria-hidden="true"
    >
      <PosterArt design={design} id={id} />
      <div className="poster-type">
        <span className="poster-title">{title}</span>
        <span className="poster-line">
          {[releaseYear || undefined, genres[0]].filter((part) => part !== undefined).join(" · ")}
        </span>
      </div>
    </div>
  );
}

// By the longest word too: a single long word overflows sooner than many short ones.
function lengthOf(title: string): "short" | "medium" | "long" {
  const longest = Math.max(...title.split(/[\s-]+/).map((word) => word.length));
  if (title.length > 30 || longest > 11) return "long";
  return title.length > 14 || longest > 6 ? "medium" : "short";
}
