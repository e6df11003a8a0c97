import { decades, type Filters, genres, isFiltering, noFilters } from "./filters.js";

interface Props {
  filters: Filters;
  onFilters: (filters: Filters) => void;
  blendTaste: boolean;
  onBlendTaste: (blend: boolean) => void;
}

/** Narrows a search down to genres and decades, and lets the visitor's taste have a say. */
export function FilterBar({ filters, onFilters, blendTaste, onBlendTaste }: Props) {
  const toggle = (genre: string) =>
    onFilters({
      ...filters,
      genres: filters.genres.includes(genre)
        ? filters.genres.filter((other) => other !== genre)
        : [...filters.genres, genre],
    });
  return (
    <fieldset className="filters">
      <legend className="unseen">Filters</legend>
      <ul className="genres" aria-label="Any of these genres">
        {genres.map((genre) => (
          <li key={genre}>
            <button
              type="button"
              className="chip chip-small"
              aria-pressed={filters.genres.includes(genre)}
              onClick={() => toggle(genre)}
            >
              {genre}
            </button>
          </li>
        ))}
      </ul>
      <div className="filter-row">
        <DecadeSelect
          label="From"
          name="Earliest decade"
          any="any year"
          value={filters.from}
          options={decades.filter((decade) => decade <= (filters.to ?? decade))}
          onChange={(from) => onFilters({ ...filters, from })}
        />
        <DecadeSelect
          label="to"
          name="Latest decade"
          any="today"
          value={filters.to}
          options={decades.filter((decade) => decade >= (filters.from ?? decade))}
          onChange={(to) => onFilters({ ...filters, to })}
        />
        <label className="switch">
          <input
            type="checkbox"
            role="switch"
            aria-checked={blendTaste}
            checked={blendTaste}
            onChange={(event) => onBlendTaste(event.target.checked)}
          />
          <span>Blend in my taste</span>
        </label>
        {isFiltering(filters) && (
          <button type="button" className="quiet" onClick={() => onFilters(noFilters)}>
            Reset filters
          </button>
        )}
      </div>
    </fieldset>
  );
}

interface DecadeProps {
  label: string;
  name: string;
  any: string;
  value: number | undefined;
  options: readonly number[];
  onChange: (decade: number | undefined) => void;
}

function DecadeSelect({ label, name, any, value, options, onChange }: DecadeProps) {
  return (
    <label className="decade">
      <span>{label}</span>
      <select
        aria-label={name}
        value={value ?? ""}
        onChange={({ target }) => onChange(target.value === "" ? undefined : Number(target.value))}
      >
        <option value="">{any}</option>
        {options.map((decade) => (
          <option key={decade} value={decade}>
            the {decade}s
          </option>
        ))}
      </select>
    </label>
  );
}
