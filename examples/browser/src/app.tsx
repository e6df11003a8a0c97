import { CineDeepMatchError, type Client } from "@cinedeepmatch/sdk-web";
import { useEffect, useState } from "react";
import type { DemoSession } from "./demo-session.js";
import { explainFailure } from "./explain-failure.js";
import { FilterBar } from "./filter-bar.js";
import { isFiltering, noFilters } from "./filters.js";
import { ForYouRow } from "./for-you-row.js";
import type { FoundMovie } from "./found-movie.js";
import { Masthead } from "./masthead.js";
import { FailureNotice } from "./notice.js";
import { ResultList } from "./result-list.js";
import { SearchBox } from "./search-box.js";
import { SimilarPanel } from "./similar-panel.js";
import { useCatalogStatus } from "./use-catalog-status.js";
import { useForYou } from "./use-for-you.js";
import { useSearch } from "./use-search.js";
import { useSession } from "./use-session.js";
import { useVotes } from "./use-votes.js";

const noSession = new CineDeepMatchError({ code: "unauthenticated", message: "no demo session" });

/** The page: search, like, be matched. */
export function App({ client, session }: { client: Client; session: DemoSession }) {
  const [text, setText] = useState(() => new URLSearchParams(location.search).get("q") ?? "");
  const [filters, setFilters] = useState(noFilters);
  const [blendTaste, setBlendTaste] = useState(false);
  const [opened, setOpened] = useState<FoundMovie>();

  const visitor = useSession(session);
  const { userId } = visitor;
  const status = useCatalogStatus(client, userId);
  const votes = useVotes(client, userId);
  const search = useSearch(client, userId === undefined ? "" : text, filters, blendTaste ? userId : undefined);
  const forYou = useForYou(client, userId, votes.eventToken);

  // A search can be kept and sent around.
  useEffect(() => {
    history.replaceState(null, "", text.trim() === "" ? location.pathname : `?q=${encodeURIComponent(text.trim())}`);
  }, [text]);

  return (
    <>
      <div className="backdrop" aria-hidden="true" />
      <Masthead status={status} />
      <main>
        <div className={text === "" ? "hero" : "hero hero-small"}>
          <h1>
            Say what you <em>feel</em> like watching.
          </h1>
          <SearchBox text={text} busy={search.busy} onText={setText} />
          <FilterBar filters={filters} onFilters={setFilters} blendTaste={blendTaste} onBlendTaste={setBlendTaste} />
        </div>
        {visitor.failed ? (
          <FailureNotice failure={noSession} onRetry={visitor.retry} />
        ) : (
          <>
            {text.trim() !== "" && (
              <ResultList
                search={search}
                votes={votes}
                onSimilar={setOpened}
                onResetFilters={isFiltering(filters) ? () => setFilters(noFilters) : undefined}
              />
            )}
            <ForYouRow forYou={forYou} votes={votes} onSimilar={setOpened} />
          </>
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
      <p className="toast" role="alert" data-shown={votes.failure !== undefined}>
        {votes.failure !== undefined && `Your vote was not recorded. ${explainFailure(votes.failure).title}.`}
      </p>
    </>
  );
}
