"""The sample cohort: invented trainees and their last five weeks."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from PIL import Image, ImageDraw
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from academy import clock
from academy.achievements import Outcome
from academy.achievements.rewards.models import Voucher
from academy.catalog.content import Lesson
from academy.checkins.actions import check_in
from academy.files import FileRoom
from academy.people.actions import join_cohort
from academy.people.models import Audit, Cohort, Person
from academy.people.rules import BRAND, TRAINER
from academy.practice.actions import decide, hand_in
from academy.practice.models import HandIn
from academy.practice.pictures import AREA, Kept
from academy.sample.rules import HOST
from academy.sample.story import Story, morning
from academy.text.codes import new_code
from academy.tiers.rules import ladder

DAYS = 35


@dataclass(frozen=True)
class Plan:
    """How somebody of the sample learns: when she came, how often, how much, and when she was last here."""

    name: str
    came: int  # days ago
    keen: float  # how likely she comes on a day, 0–1
    pace: float  # lessons on each of these days
    left: int = 0  # days ago


PLANS = (
    Plan("小满", 35, 0.55, 1.4),
    Plan("谷雨", 34, 0.45, 1.4),
    Plan("团子妈", 33, 0.3, 0.6),
    Plan("阿禾", 33, 0.2, 0.8),
    Plan("知秋", 32, 0.15, 0.7),
    Plan("麦芽妈", 31, 0.15, 0.5, 12),
    Plan("小舟", 30, 0.2, 0.6),
    Plan("可可妈", 28, 0.15, 0.5, 20),
    Plan("云朵", 27, 0.5, 1.3),
    Plan("青青", 26, 0.2, 0.6),
    Plan("核桃妈", 24, 0.2, 0.5, 5),
    Plan("一一妈", 22, 0.6, 1.4),
    Plan("南星", 20, 0.25, 0.7),
    Plan("小葵", 19, 0.2, 0.5),
    Plan("米粒妈", 17, 0.25, 0.7),
    Plan("晚晴", 16, 0.1, 0.5, 9),
    Plan("杏仁", 14, 0.4, 0.9),
    Plan("朵朵妈", 12, 0.25, 0.8),
    Plan("阿宁", 10, 0.25, 0.7),
    Plan("橙子妈", 9, 0.45, 0.9),
    Plan("半夏", 6, 0.5, 1.5),
    Plan("溪溪", 5, 0.5, 1.5),
    Plan("丸子妈", 3, 0.7, 2),
    Plan("糯米", 2, 0, 0),
)

WORDS = {
    "first-words": (
        "我家 9 个月，晚上换尿裤时用了三周护臀膏，我看到的是：薄薄一层就够，早上还摸得到。盖子拧起来有点紧。",
        "我家 16 个月，外出时用了一个月柔湿巾，我看到的是：一张能擦完两只手。抽的时候偶尔会带出两张。",
        "我家 20 个月，白天穿 XL 号纸尿裤两周，我看到腰围一圈没有印子。包装大，出门要自己分装。",
    ),
    "self-intro": (
        "我是小区里爱种番茄的那位，宝宝 11 个月，这两天在学扶着沙发走。我在鹿芽学堂学习，推荐产品时标「广告」。"
        "柔湿巾可以聊，奶粉的事我答不了。",
        "我上夜班，宝宝 18 个月，这两天爱上了翻书。我在鹿芽学堂学习，会得学习奖励，推荐产品时标「广告」。"
        "纸尿裤选码可以聊，看病的事请问医生。",
    ),
    "three-sentences-text": (
        "广告。宝宝 14 个月，洗澡后抹润肤乳一个冬天了。好推开，不黏手。按压头天冷时要多按两下。",
        "广告。22 个月，推车篮里一直放着柔湿巾。吃完饭一张擦手够用。封口贴用久了会翘边。",
    ),
}
PRACTICE = {4: "first-words", 7: "self-intro", 8: "three-sentences-text"}
"""After how many lessons which practice is handed in."""
COMMENTS = {
    "accepted": "有月龄、有场景，也说了不方便的地方，读着就是自己用的。",
    "returned": "再补一句是什么时候、在哪里用的，别人就能想象出来。",
}


@dataclass
class Learner:
    """Somebody of the sample, and how far she has come."""

    id: int
    plan: Plan
    way: Iterator[Lesson]
    learned: int = 0
    again: list[str] = field(default_factory=list)
    examined: bool = False


class SampleCohort(Story):
    """Five weeks of a cohort, day by day up to yesterday.

    Nothing real is used up. The sample's own voucher codes stand before the real ones in line; a seat that a promotion
    takes elsewhere is given back at once; and nobody has a legal name, so that no certificate is issued.
    """

    def __init__(self, session: Session, pictures: Sequence[Kept] = ()) -> None:
        super().__init__(session, "!")  # which is the hash of no password
        self.pictures = pictures
        self.learners: list[Learner] = []
        staff = session.scalars(select(Person).where(Person.role.in_((TRAINER, BRAND))).order_by(Person.id)).all()
        trainer = next((person for person in staff if person.role == TRAINER), None)
        self.reviewer = trainer or next(iter(staff), None)
        self.cohort = Cohort(
            code=new_code().lower(),
            name="示例班",
            tier=ladder(self.catalog).first.key,
            trainer_id=trainer.id if trainer else None,
            capacity=len(PLANS) + 6,
            sample=True,
            created_at=morning(DAYS + 1),
        )

    def tell(self) -> Cohort:
        """Make the cohort with its people and what they did."""
        self.open(self.cohort)
        self._lay_in_vouchers()
        for ago in range(DAYS, 0, -1):
            self._day(ago)
            if self.reviewer:
                self._evening(ago, self.reviewer)
        self._close()
        return self.cohort

    def _lay_in_vouchers(self) -> None:
        """Enough codes for everybody; numbered below zero, so that they are taken before any real one."""
        rewards = [reward["key"] for reward in self.catalog.one("rewards")["rewards"] if reward.get("voucher")]
        codes = [(reward, f"{HOST}-{n}") for reward in rewards for n, _ in enumerate(PLANS, 1)]
        self.session.add_all(Voucher(id=-n, reward=reward, code=code) for n, (reward, code) in enumerate(codes, 1))
        self.session.flush()

    def _close(self) -> None:
        """Leave no code that somebody else could take, no deed that the trainer never did, and no open door."""
        self.session.execute(delete(Voucher).where(Voucher.id < 0, Voucher.grant_id.is_(None)))
        reviewed = select(HandIn.id).where(HandIn.trainee_id.in_([learner.id for learner in self.learners]))
        subjects = [f"hand_in/{id}" for id in self.session.scalars(reviewed)]
        self.session.execute(delete(Audit).where(Audit.subject.in_(subjects)))
        self.cohort.open = False
        self.session.flush()

    def _day(self, ago: int) -> None:
        for n, plan in enumerate(PLANS, 1):
            if plan.came == ago:
                with clock.at(morning(ago)):
                    id = self.enter(f"示例·{plan.name}", self.cohort.code, email=f"{n}@{HOST}")
                    if plan.keen:
                        self.promise(id)
                self.learners.append(Learner(id, plan, self.lessons(id, checks=False)))
        for learner in self.learners:
            plan = learner.plan
            if plan.keen and ago > plan.left and (plan.came == ago or self.chance.random() < plan.keen):
                with clock.at(morning(ago) + timedelta(minutes=self.chance.randrange(1, 600))):
                    self._come(learner)

    def _come(self, learner: Learner) -> None:
        outcome = check_in(self.session, learner.id)
        for practice in learner.again:
            self._hand_in(learner, practice)
        learner.again.clear()
        for _ in range(int(learner.plan.pace + self.chance.random())):
            if next(learner.way, None):
                learner.learned += 1
                if learner.learned in PRACTICE:
                    self._hand_in(learner, PRACTICE[learner.learned])
            elif not learner.examined:
                learner.examined = True
                outcome += self.take(learner.id, self.catalog.assessments["bronze-exam"], self.chance.randrange(4))
        self._stay(learner, outcome)

    def _hand_in(self, learner: Learner, practice: str) -> None:
        shown = self.chance.choice(self.pictures) if self.pictures and practice != "self-intro" else None
        hand_in(self.session, learner.id, practice, self.chance.choice(WORDS[practice]), [shown] if shown else [])

    def _evening(self, ago: int, reviewer: Person) -> None:
        """Some verdicts; most hand-ins have one the next day, a few too late."""
        learners = {learner.id: learner for learner in self.learners}
        waiting = self.session.scalars(
            select(HandIn).where(HandIn.trainee_id.in_(learners), HandIn.verdict_id.is_(None)).order_by(HandIn.id)
        ).all()
        with clock.at(morning(ago) + timedelta(hours=10, minutes=30)):
            for given in waiting:
                fresh = clock.day_of(given.at) == clock.today()
                # What came yesterday waits, so that there is something to review.
                if (fresh and ago == 1) or self.chance.random() > (0.3 if fresh else 0.85):
                    continue
                learner = learners[given.trainee_id]
                verdict = "returned" if given.number == 1 and self.chance.random() < 0.2 else "accepted"
                if verdict == "returned":
                    learner.again.append(given.practice)
                outcome = decide(self.session, reviewer, given.id, verdict, COMMENTS[verdict])
                assert outcome is not None, "the trainer sees her own cohort, the brand every one"
                self._stay(learner, outcome)

    def _stay(self, learner: Learner, outcome: Outcome) -> None:
        if outcome.won("tier.reached"):
            join_cohort(self.session, learner.id, self.cohort)


def draw(room: FileRoom) -> list[Kept]:
    """A few invented photos in the file room: a jar on a shelf, in the light of different hours."""
    found = []
    for wall in ("#f3e4d2", "#dfe9e4", "#e6e1ee"):
        photo = Image.new("RGB", (640, 480), wall)
        brush = ImageDraw.Draw(photo)
        brush.rectangle((0, 360, 640, 480), fill="#c99d72")
        brush.ellipse((150, 345, 500, 385), fill="#b58860")
        brush.rounded_rectangle((210, 170, 430, 366), 28, fill="#fdf9f3")
        brush.rounded_rectangle((196, 118, 444, 184), 18, fill="#c4305d")
        brush.ellipse((285, 232, 355, 302), fill="#f2c4cf")
        out = io.BytesIO()
        photo.save(out, "JPEG", quality=84)
        found.append(Kept(room.put(AREA, out.getvalue(), ".jpg"), *photo.size))
    return found
