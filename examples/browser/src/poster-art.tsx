import type { ReactNode } from "react";
import type { Motif, PosterDesign } from "./poster-design.js";

type Draw = (index: number, min: number, max: number) => number;
interface Inks {
  light: string;
  mid: string;
  deep: string;
}

/** The picture on a poster that was made up here, 200 × 300. */
export function PosterArt({ design, id }: { design: PosterDesign; id: string }) {
  const { ground, accent, draws } = design;
  const draw: Draw = (index, min, max) => min + (draws[index % draws.length] ?? 0.5) * (max - min);
  const inks = {
    light: `hsl(${accent} 82% 72%)`,
    mid: `hsl(${ground} 52% 42%)`,
    deep: `hsl(${ground} 60% 16%)`,
  };
  return (
    <svg className="poster-art" viewBox="0 0 200 300" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
      <defs>
        <linearGradient id={`${id}-sky`} x1="0" y1="0" x2="0.35" y2="1">
          <stop offset="0" stopColor={`hsl(${ground} 58% 30%)`} />
          <stop offset="0.62" stopColor={`hsl(${(ground + 18) % 360} 60% 17%)`} />
          <stop offset="1" stopColor={`hsl(${(ground + 30) % 360} 55% 8%)`} />
        </linearGradient>
        <linearGradient id={`${id}-fade`} x1="0" y1="0" x2="0" y2="1">
          <stop offset="0.42" stopColor="#000" stopOpacity="0" />
          <stop offset="1" stopColor="#000" stopOpacity="0.72" />
        </linearGradient>
        <radialGradient id={`${id}-glow`}>
          <stop offset="0" stopColor={inks.light} stopOpacity="0.5" />
          <stop offset="1" stopColor={inks.light} stopOpacity="0" />
        </radialGradient>
      </defs>
      <rect width="200" height="300" fill={`url(#${id}-sky)`} />
      <circle cx={draw(0, 40, 160)} cy={draw(1, 30, 130)} r="130" fill={`url(#${id}-glow)`} />
      {motifs[design.motif](draw, inks)}
      <rect width="200" height="300" fill={`url(#${id}-fade)`} />
    </svg>
  );
}

const count = (length: number) => Array.from({ length }, (_, index) => index);

const motifs: Record<Motif, (draw: Draw, inks: Inks) => ReactNode> = {
  orbit: (draw, { light }) => {
    const [x, y] = [draw(2, 70, 130), draw(3, 80, 130)];
    return (
      <g fill="none" stroke={light}>
        <circle cx={x} cy={y} r={draw(4, 20, 34)} fill={light} stroke="none" opacity="0.9" />
        {count(5).map((n) => (
          <ellipse
            key={n}
            cx={x}
            cy={y}
            rx={54 + n * 24}
            ry={(54 + n * 24) * draw(5, 0.24, 0.42)}
            transform={`rotate(${draw(6, -35, 35)} ${x} ${y})`}
            opacity={0.6 - n * 0.1}
            strokeWidth={n === 1 ? 2.5 : 1}
          />
        ))}
      </g>
    );
  },
  bubbles: (draw, { light, mid }) =>
    count(9).map((n) => (
      <circle
        key={n}
        cx={draw(n, 0, 200)}
        cy={draw(n + 9, 10, 240)}
        r={draw(n + 4, 12, 52)}
        fill={n % 3 === 0 ? light : mid}
        opacity={n % 3 === 0 ? 0.55 : 0.4}
        style={{ mixBlendMode: "screen" }}
      />
    )),
  hills: (draw, { light, mid, deep }) => (
    <>
      <circle cx={draw(2, 50, 150)} cy={draw(3, 60, 100)} r={draw(4, 22, 38)} fill={light} opacity="0.92" />
      {count(4).map((n) => {
        const y = 120 + n * 38;
        return (
          <path
            key={n}
            d={`M0 ${y + draw(n, -18, 18)} C 60 ${y - draw(n + 5, 10, 50)} 130 ${y + draw(n + 9, 0, 44)} 200 ${y - draw(n + 12, -14, 24)} V300 H0Z`}
            fill={n % 2 ? deep : mid}
            opacity={0.5 + n * 0.14}
          />
        );
      })}
    </>
  ),
  slashes: (draw, { light, mid }) => (
    <g transform={`rotate(${draw(2, 18, 34)} 100 150)`}>
      {count(8).map((n) => (
        <rect
          key={n}
          x={-40 + n * 36 + draw(n, -8, 8)}
          y="-80"
          width={draw(n + 6, 3, 24)}
          height="480"
          fill={n % 3 === 1 ? light : mid}
          opacity={n % 3 === 1 ? 0.85 : 0.38}
        />
      ))}
    </g>
  ),
  skyline: (draw, { light, deep, mid }) => (
    <>
      <circle cx={draw(2, 60, 150)} cy={draw(3, 70, 110)} r={draw(4, 30, 48)} fill={light} opacity="0.8" />
      {count(9).map((n) => {
        const height = draw(n + 2, 80, 190);
        return (
          <g key={n}>
            <rect x={n * 24 - 8} y={300 - height} width="25" height={height} fill={n % 2 ? deep : mid} opacity="0.92" />
            {count(4).map((w) => (
              <rect
                key={w}
                x={n * 24 - 2 + (w % 2) * 9}
                y={300 - height + 10 + w * 13}
                width="3"
                height="5"
                fill={light}
                opacity={draw(n + w, -0.3, 0.8)}
              />
            ))}
          </g>
        );
      })}
    </>
  ),
  moon: (draw, { light, deep }) => {
    const [x, y, r] = [draw(2, 84, 120), draw(3, 84, 116), draw(4, 40, 56)];
    const inner = r * draw(5, 1.08, 1.4);
    return (
      <>
        <path
          d={`M${x} ${y - r} A${r} ${r} 0 0 0 ${x} ${y + r} A${inner} ${inner} 0 0 1 ${x} ${y - r}Z`}
          fill={light}
          opacity="0.95"
          transform={`rotate(${draw(6, -40, 30)} ${x} ${y})`}
        />
        {count(9).map((n) => (
          <path
            key={n}
            d={`M${draw(n, 0, 200)} 300 V${draw(n + 7, 150, 250)}`}
            stroke={deep}
            strokeWidth={draw(n + 3, 2, 10)}
            opacity="0.85"
          />
        ))}
      </>
    );
  },
  pair: (draw, { light, mid }) => {
    const [y, r] = [draw(2, 100, 130), draw(3, 46, 60)];
    return (
      <g style={{ mixBlendMode: "screen" }}>
        <circle cx={100 - r * 0.52} cy={y} r={r} fill={light} opacity="0.85" />
        <circle cx={100 + r * 0.52} cy={y + draw(4, -14, 14)} r={r} fill={mid} opacity="0.95" />
      </g>
    );
  },
  sunburst: (draw, { light, mid }) => {
    const [x, y] = [draw(2, 50, 150), draw(3, 70, 130)];
    return (
      <>
        {count(18).map((n) => (
          <path
            key={n}
            d={`M${x} ${y} L${x + 330 * Math.cos((n / 18) * Math.PI * 2)} ${y + 330 * Math.sin((n / 18) * Math.PI * 2)} L${x + 330 * Math.cos(((n + 0.5) / 18) * Math.PI * 2)} ${y + 330 * Math.sin(((n + 0.5) / 18) * Math.PI * 2)}Z`}
            fill={mid}
            opacity="0.5"
          />
        ))}
        <circle cx={x} cy={y} r={draw(4, 24, 40)} fill={light} />
      </>
    );
  },
  horizon: (draw, { light, deep }) => {
    const y = draw(2, 150, 180);
    return (
      <>
        <circle cx={draw(3, 60, 140)} cy={y} r={draw(4, 46, 66)} fill={light} opacity="0.92" />
        {count(7).map((n) => (
          <rect key={n} x="0" y={y + n * n * 2.4 - 26} width="200" height={2 + n * 2.2} fill={deep} opacity="0.82" />
        ))}
        <rect x="0" y={y + 62} width="200" height="120" fill={deep} />
      </>
    );
  },
  stars: (draw, { light, mid }) => (
    <>
      {count(22).map((n) => {
        const r = draw(n + 3, 0.8, n % 7 === 0 ? 7 : 2.6);
        const [x, y] = [draw(n, 6, 194), draw(n + 11, 10, 210)];
        return (
          <path
            key={n}
            d={`M${x} ${y - r * 2.4} L${x + r * 0.6} ${y - r * 0.6} L${x + r * 2.4} ${y} L${x + r * 0.6} ${y + r * 0.6} L${x} ${y + r * 2.4} L${x - r * 0.6} ${y + r * 0.6} L${x - r * 2.4} ${y} L${x - r * 0.6} ${y - r * 0.6}Z`}
            fill={light}
            opacity="0.9"
          />
        );
      })}
      <path
        d={`M0 ${draw(4, 190, 220)} Q 100 ${draw(5, 130, 170)} 200 ${draw(6, 190, 230)} V300 H0Z`}
        fill={mid}
        opacity="0.7"
      />
    </>
  ),
};
