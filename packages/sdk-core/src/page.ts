import { CineDeepMatchError } from "./error.js";

/** What a list answers: a page, and the token of the next one. */
export interface PageResponse {
  readonly nextPageToken: string;
}

/** How many items to collect. */
export interface ToArrayOptions {
  /** Stop after this many items. Without a limit, all pages are fetched. */
  readonly limit?: number | undefined;
}

/**
 * A list whose pages are fetched as they are needed. Nothing is sent before it is awaited or iterated; the first page
 * is fetched once, however often it is used.
 *
 * - Awaited, it is the first page's typed response.
 * - Iterated, it is every item of every page.
 * - {@link Page.byPage} iterates over the responses, {@link Page.toArray} collects the items.
 *
 * @example
 * ```ts
 * const { results, matchId } = await client.match({ text: "a heist in dreams" });
 * for await (const movie of client.catalog.listMovies({ order: MovieOrder.NEWEST })) console.log(movie.title);
 * const top = await client.match({ text: "a heist in dreams" }).toArray({ limit: 50 });
 * ```
 */
export class Page<Response extends PageResponse, Item> implements Promise<Response>, AsyncIterable<Item> {
  readonly [Symbol.toStringTag] = "Page";
  readonly #fetch: (pageToken: string | undefined) => Promise<Response>;
  readonly #items: (response: Response) => readonly Item[];
  #first: Promise<Response> | undefined;

  /**
   * @param fetch - fetches the page of a token, or the first one when there is none
   * @param items - reads the items from a page
   */
  constructor(
    fetch: (pageToken: string | undefined) => Promise<Response>,
    items: (response: Response) => readonly Item[],
  ) {
    this.#fetch = fetch;
    this.#items = items;
  }

  /** Every item of every page. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    for await (const response of this.byPage()) yield* this.#items(response);
  }

  /** Every page. A page may be empty and still not be the last one. */
  async *byPage(): AsyncGenerator<Response, void, undefined> {
    let response = await this.#firstPage();
    for (let seen = ""; ; seen = response.nextPageToken, response = await this.#fetch(seen)) {
      // A server that repeats itself would be asked for ever.
      if (seen !== "" && response.nextPageToken === seen) {
        throw new CineDeepMatchError({ code: "internal", message: "The server repeated a page token" });
      }
      yield response;
      if (response.nextPageToken === "") return;
    }
  }

  /** Collects the items of all pages, or of as many as the limit needs. */
  async toArray({ limit = Number.POSITIVE_INFINITY }: ToArrayOptions = {}): Promise<Item[]> {
    const items: Item[] = [];
    if (limit <= 0) return items;
    for await (const item of this) {
      items.push(item);
      if (items.length >= limit) break;
    }
    return items;
  }

  // biome-ignore lint/suspicious/noThenProperty: a page is awaitable on purpose.
  then<Value = Response, Caught = never>(
    onfulfilled?: ((response: Response) => Value | PromiseLike<Value>) | null,
    onrejected?: ((reason: unknown) => Caught | PromiseLike<Caught>) | null,
  ): Promise<Value | Caught> {
    return this.#firstPage().then(onfulfilled, onrejected);
  }

  /** As a promise's. */
  catch<Caught = never>(
    onrejected?: ((reason: unknown) => Caught | PromiseLike<Caught>) | null,
  ): Promise<Response | Caught> {
    return this.#firstPage().catch(onrejected);
  }

  /** As a promise's. */
  finally(onfinally?: (() => void) | null): Promise<Response> {
    return this.#firstPage().finally(onfinally);
  }

  #firstPage(): Promise<Response> {
    this.#first ??= this.#fetch(undefined);
    return this.#first;
  }
}
