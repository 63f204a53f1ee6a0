"""What is wrong with the words of a page's pictures, as a browser lays them out."""


def overlapping_words(page):
    """Pairs of words that lie on one another within a picture."""
    return page.evaluate(
        """() => [...document.querySelectorAll('svg.chart')].flatMap(svg => {
            const boxes = [...svg.querySelectorAll('text')].map(text => [text.textContent, text.getBoundingClientRect()])
                .filter(([, box]) => box.width > 0);
            return boxes.flatMap(([one, a], place) => boxes.slice(place + 1).filter(([, b]) =>
                Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1.5 &&
                Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4).map(([other]) => `${one} / ${other}`)) })"""
    )
