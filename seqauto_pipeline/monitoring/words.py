"""Ages and sizes as people write them."""


def age_words(seconds: float) -> str:
    """Write an age in its two largest units: 45 s, 12 min, 3 h 5 min, 4 d 2 h."""
    whole = max(0, round(seconds))
    if whole < 120:
        return f"{whole} s"
    minutes, hours, days = whole // 60, whole // 3600, whole // 86400
    if minutes < 120:
        return f"{minutes} min"
    return f"{hours} h {minutes % 60} min" if hours < 48 else f"{days} d {hours % 24} h"


def size_words(size: float) -> str:
    """Write a number of bytes: 512 B, 3.4 MiB, 1.2 TiB."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} TiB"
