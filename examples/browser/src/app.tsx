import { type CatalogStatus, CineDeepMatchError, type Client } from "@cinedeepmatch/sdk-web";
import { useEffect, useState } from "react";
import type { DemoSession } from "./demo-session.js";
import { FilterBar } from "./filter-bar.js";
import { isFiltering, noFilters } from "./filters.js";
import { ForYouRow } from "./for-you-row.js";
import type { FoundMovie } from "./found-movie.js";
import { HeroCollage } from "./hero-collage.js";
import { Masthead } from "./masthead.js";
import { FailureNotice } from "./notice.js";
import { ResultList } from "./result-list.js";
import { SearchBox } from "./search-box.js";
import { SimilarPanel } from "./similar-panel.js";
import { Toast } from "./toast.js";
import { isComplete, useCatalogStatus } from "./use-catalog-status.js";
import { useForYou } from "./use-for-you.js";
import { useSearch } from "./use-search.js";
import { useSession } from "./use-session.js";
import { useVotes } from "./use-votes.js";

const noSession = new CineDeepMatchError({ code: "unauthenticated", message: "no demo session" });

function progressOf(status: CatalogStatus | undefined): string {
  return status === undefined || isComplete(status) ? "complete" : String(status.encodedCount);
}

/** The page: search, like, be matched. */
export function App({ client, session }: { client: Client; session: DemoSession }) {
  const [text, setText] = useState(() => new URLSearchParams(location.search).get("q") ?? "");
  const [filters, setFilters] = useState(noFilters);
  const [blendTaste, setBlendTaste] = useState(false);
  const [opened, setOpened] = useState<FoundMovie>();

  const isSearching = text.trim() !== "";

  const visitor = useSession(session);
  const { userId } = visitor;
  const status = useCatalogStatus(client, userId);
  const votes = useVotes(client, userId);
  const search = useSearch(client, userId === undefined ? "" : text, filters, blendTaste ? userId : undefined);
  const forYou = useForYou(client, userId, votes.eventToken, progressOf(status));

  // A search can be kept and sent around.
  useEffect(() => {
    history.replaceState(null, "", isSearching ? `?q=${encodeURIComponent(text.trim())}` : location.pathname);
  }, [text, isSearching]);

  return (
    <>
      <div className="backdrop" aria-hidden="true" />
      <Masthead status={status} />
      <main>
        <div className={isSearching ? "hero hero-small" : "hero"}>
          <h1>
            Say what you <em>feel</em> like watching.
          </h1>
          <SearchBox text={text} busy={search.busy} onText={setText} />
          {isSearching ? (
            <FilterBar filters={filters} onFilters={setFilters} blendTaste={blendTaste} onBlendTaste={setBlendTaste} />
          ) : (
            <HeroCollage movies={forYou.movies.slice(-5)} />
          )}
        </div>
        {visitor.failed ? (
          <FailureNotice failure={noSession} onRetry={visitor.retry} />
        ) : (
          <div className={isSearching ? "stage stage-searching" : "stage"}>
            {isSearching && (
              <ResultList
                search={search}
                votes={votes}
                onSimilar={setOpened}
                onResetFilters={isFiltering(filters) ? () => setFilters(noFilters) : undefined}
              />
            )}
            <ForYouRow
              isCatalogEmpty={status?.movieCount === 0n}
              forYou={forYou}
              votes={votes}
              onSimilar={setOpened}
              beside={isSearching}
            />
          </div>
        )}
      </main>
      <footer className="footer">
        <p>
          An example of <code>@cinedeepmatch/sdk-web</code>: search by text, by example and by taste.
        </p>
      </footer>
      {opened && (
        <SimilarPanel
          client={client}
          found={opened}
          votes={votes}
          onSimilar={setOpened}
          onClose={() => setOpened(undefined)}
        />
      )}
      <Toast votes={votes} />
    </>
  );
}
