from .checks import (
    Check as Check,
    check as check,
    has_real_chance as has_real_chance,
    why_groups_unknown as why_groups_unknown,
    worst as worst,
)
from .claims import filled_from_rows as filled_from_rows
from .joint_display import (
    CALLED as CALLED,
    NOTHING_SAID as NOTHING_SAID,
    Joint as Joint,
    is_said as is_said,
    joint_headline as joint_headline,
    joint_rows as joint_rows,
    joint_sentences as joint_sentences,
    middle as middle,
    priority_of as priority_of,
)
from .model import (
    VERDICTS as VERDICTS,
    Coverage as Coverage,
    Finding as Finding,
    Inside as Inside,
    Order as Order,
    Readings as Readings,
    Stance as Stance,
    Tier as Tier,
    Verdict as Verdict,
)
from .page import EXAMPLE as EXAMPLE, MEANING as MEANING
from .reading import names_in as names_in, question_named as question_named, read_findings as read_findings
from .reading_tables import of_themes as of_themes, when_orders as when_orders, when_themes as when_themes
from .theme_tables import coverage_table as coverage_table, order_table as order_table
from .verdicts import (
    Judged as Judged,
    filled as filled,
    findings_frame as findings_frame,
    judged_findings as judged_findings,
)
