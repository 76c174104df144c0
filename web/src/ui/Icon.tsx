// Line icons of our own, 24 x 24. Decoration: the name stands beside them or in a label.
const PATHS = {
  studio: "M4 20l4-1 11-11-3-3L5 16zM14 7l3 3",
  gallery: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.500 9h.01",
  fashion: "M8 4l-5 3 2 4 2-1v10h10V10l2 1 2-4-5-3c-1 2-3 3-4 3s-3-1-4-3z",
  laser: "M12 3v8M9 3h6M12 14v.01M7 19l2-2M17 19l-2-2M12 21v-2M5 14h2M17 14h2",
  enhance: "M12 3l1.800 5.200L19 10l-5.200 1.800L12 17l-1.800-5.200L5 10l5.200-1.800zM19 16v4M17 18h4",
  batch: "M4 7h12v12H4zM8 7V4h12v12h-4",
  references: "M12 12m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0M16 8v5a2.500 2.500 0 0 0 5 0v-1a9 9 0 1 0-4 7.500",
  insights: "M4 20V4M4 20h16M8 16v-4M12 16V8M16 16v-6",
  models: "M12 3l8 4.500v9L12 21l-8-4.500v-9zM12 12l8-4.500M12 12v9M12 12L4 7.500",
  settings:
    "M4 7h10M18 7h2M4 17h2M10 17h10M16 7m-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0M8 17m-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0",
  menu: "M4 7h16M4 12h16M4 17h16",
  close: "M6 6l12 12M18 6L6 18",
  add: "M12 5v14M5 12h14",
  camera: "M4 8h4l1.500-2h5L16 8h4v11H4zM12 13m-3.500 0a3.500 3.500 0 1 0 7 0a3.500 3.500 0 1 0-7 0",
  upload: "M12 16V4M7 9l5-5 5 5M4 16v4h16v-4",
  download: "M12 4v12M7 11l5 5 5-5M4 18v2h16v-2",
  check: "M5 12.500l4.500 4.500L19 7",
  warning: "M12 4l9 16H3zM12 10v4M12 17v.01",
  info: "M12 12m-9 0a9 9 0 1 0 18 0a9 9 0 1 0-18 0M12 11v5M12 8v.01",
  thumbUp: "M7 11v9H4v-9zM7 11l4-8c1.500 0 2.500 1 2.500 2.500V9H19l1 2-2 8-1 1H7",
  thumbDown: "M7 13V4H4v9zM7 13l4 8c1.500 0 2.500-1 2.500-2.500V15H19l1-2-2-8-1-1H7",
  star: "M12 4l2.500 5.200 5.500.700-4 3.900 1 5.700-5-2.800-5 2.800 1-5.700-4-3.900 5.500-.700z",
  copy: "M8 8h12v12H8zM16 8V4H4v12h4",
  local: "M4 5h16v11H4zM9 20h6M12 16v4",
  cloud: "M7 18a4 4 0 0 1 0-8 6 6 0 0 1 11.500 1.500A3.500 3.500 0 0 1 18 18z",
  external: "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
  retry: "M20 11a8 8 0 1 0-2 6M20 5v6h-6",
  zoom: "M10.500 10.500m-6.500 0a6.500 6.500 0 1 0 13 0a6.500 6.500 0 1 0-13 0M15.500 15.500L21 21",
  keyboard: "M3 7h18v11H3zM7 11v.01M11 11v.01M15 11v.01M8 15h8",
  more: "M5 12v.01M12 12v.01M19 12v.01",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, className = "size-5" }: { name: IconName; className?: string }) {
  return (
    <svg
      viewBox="0 0 24 24"
      className={`shrink-0 ${className}`}
      fill="none"
      stroke="currentColor"
      strokeWidth={1.7}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
