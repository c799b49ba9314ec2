"""A QR code as SVG: one path, no style, readable in light and dark."""

from markupsafe import Markup

MASK = 3  # every third diagonal: breaks up the runs that text makes


def svg(text: str, label: str) -> Markup:
    """The code of a text (an address) as an image named `label`, four modules of margin."""
    import qrcode  # not above: whoever only sends letters does without its memory

    # Any mask is read by any reader. To try all eight for the prettiest takes nine times as long,
    # which the last page of a report would have to wait for.
    code = qrcode.QRCode(
        error_correction=qrcode.constants.ERROR_CORRECT_M, border=4, mask_pattern=MASK
    )
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    size = len(rows)
    path = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    )
    return Markup(
        '<svg class="qr" role="img" aria-label="{label}" viewBox="0 0 {size} {size}" '
        'xmlns="http://www.w3.org/2000/svg" shape-rendering="crispEdges">'
        '<rect width="{size}" height="{size}" fill="#ffffff"/>'
        '<path d="{path}" fill="#000000"/></svg>'
    ).format(label=label, size=size, path=path)
