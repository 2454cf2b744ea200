"""The demo people: each at another point of the story."""

from pathlib import Path

from academy import clock
from academy.achievements.rewards.actions import stock
from academy.checkins.actions import check_in
from academy.people.models import Cohort, Person
from academy.people.rules import BRAND, TRAINER
from academy.practice.actions import decide, hand_in
from academy.sample.story import Story, morning
from academy.text.codes import new_code

FIRST_WORDS = """\
我家 14 个月，换尿裤时用了两个月护臀膏，我看到的变化是：膏体偏稠，冬天要先在手心焐一下再抹。
不太方便的是盖子要两只手才拧得开。"""
DOUDOU = """\
我家 22 个月，晚上睡觉穿 XL 号纸尿裤，用了三周，我看到大腿那里没有勒印。
不方便的是这一款只有大包装，出门要自己分装。"""


class People(Story):
    """What the demo people have done up to now, day by day."""

    def tell(self) -> list[tuple[str, str]]:
        """Make everybody; who they are and how they sign in."""
        zhou = self._staff(TRAINER, "周以宁", "13800000001", None)
        self._staff(BRAND, "鹿芽运营", None, "brand@luya.example")
        self._cohort("qt07", "青铜 07 班", "bronze", zhou)
        self._cohort("by03", "白银 03 班", "silver", zhou)
        stock(self.session, "silver-voucher", (f"LY20-{new_code()}" for _ in range(200)))
        self._beginner()
        self._midway()
        self._nearly(zhou)
        return [
            ("学员 阿朵：刚进班", "13800000011"),
            ("学员 小棠：学到第二站，作业等点评", "13800000012"),
            ("学员 豆豆妈：今天签到，就晋级白银", "13800000013"),
            ("讲师 周以宁", "13800000001"),
            ("品牌 鹿芽运营", "brand@luya.example"),
        ]

    def _staff(self, role: str, name: str, phone: str | None, email: str | None) -> Person:
        person = Person(
            role=role, name=name, phone=phone, email=email, password_hash=self.password_hash, created_at=clock.now()
        )
        self.session.add(person)
        self.session.flush()
        return person

    def _cohort(self, code: str, name: str, tier: str, trainer: Person) -> None:
        self.open(Cohort(code=code, name=name, tier=tier, trainer_id=trainer.id, capacity=60, created_at=clock.now()))

    def _beginner(self) -> None:
        self.enter("阿朵", "qt07", "13800000011")

    def _midway(self) -> None:
        with clock.at(morning(6)):
            tang = self.enter("小棠", "qt07", "13800000012")
            self.promise(tang)
        learned = self.lessons(tang)
        for ago, lessons in ((6, 3), (5, 2), (4, 1), (2, 1), (1, 2)):
            with clock.at(morning(ago)):
                check_in(self.session, tang)
                for _ in range(lessons):
                    next(learned)
        with clock.at(morning(1)):
            hand_in(self.session, tang, "first-words", FIRST_WORDS, [])

    def _nearly(self, zhou: Person) -> None:
        with clock.at(morning(8)):
            doudou = self.enter("豆豆妈", "qt07", "13800000013")
            self.promise(doudou)
            given, _ = hand_in(self.session, doudou, "first-words", DOUDOU, [])
        with clock.at(morning(7)):
            decide(self.session, zhou, given.id, "accepted", "有月龄、有场景、有不方便的地方，一看就是自己用的。")
        learned = self.lessons(doudou)
        for ago in (8, 7, 6, 4, 3):
            with clock.at(morning(ago)):
                check_in(self.session, doudou)
                for _ in range(3):
                    next(learned, None)
        with clock.at(morning(1)):
            check_in(self.session, doudou)
            self.take(doudou, self.catalog.assessments["bronze-exam"], wrong=2)


def remember(folder: Path, people: list[tuple[str, str]], password: str) -> str:
    """Keep the sign-ins beside the demo database, where only its owner reads them, and say them."""
    lines = [f"  {contact:<22}{who}" for who, contact in people]
    text = "\n".join(["Demo sign-ins:", *lines, f"  password of all: {password}", "  invitation: /join/qt07"])
    path = folder / "demo-sign-ins.txt"
    path.touch(mode=0o600)
    path.write_text(text + "\n", "utf-8")
    return text
