import { useState } from "react";
import { thumbnailUrl } from "@/api/assets";
import { Icon } from "./Icon";

/** A small picture of an asset. Where there is none, or it was removed since, a quiet field stands in its place: `id` is
 * null for what is known to be gone, so that it is not asked for. `className` gives the size. */
export function Thumbnail({
  id,
  alt = "",
  side = 128,
  className,
  ...lazy
}: {
  id: string | null;
  alt?: string;
  side?: 128 | 256 | 512;
  className: string;
  loading?: "lazy";
}) {
  const [missing, setMissing] = useState<string | null>(null);
  if (id === null || id === missing) {
    return (
      <span
        role={alt === "" ? undefined : "img"}
        aria-label={alt === "" ? undefined : alt}
        className={`flex items-center justify-center bg-sunk text-muted ${className}`}
      >
        <Icon name="gallery" className="size-1/2 max-h-6 opacity-60" />
      </span>
    );
  }
  return (
    <img
      src={thumbnailUrl(id, side)}
      alt={alt}
      className={`squares object-cover ${className}`}
      onError={() => setMissing(id)}
      {...lazy}
    />
  );
}
