"""The host's pages: everything of the admin is for one purpose."""

from django.contrib import admin
from django.urls import include, path
from rest_framework import serializers, viewsets
from rest_framework.permissions import AllowAny
from rest_framework.routers import DefaultRouter
from wagtail.admin import urls as wagtail_urls

from kept import gate
from tests.vault.host.models import Inquiry, Note
from tests.vault.hosts.clinic.models import Staff


class NoteInline(admin.TabularInline):
    model = Note
    extra = 0


class InquiryAdmin(admin.ModelAdmin):
    list_display = ("id", "name", "email", "state")
    list_filter = ("state",)
    search_fields = ("state", "email__exact")
    fields = ("name", "email", "phone", "message", "state")
    inlines = (NoteInline,)


class SearchAdmin(admin.ModelAdmin):
    search_fields = ("word", "inquiry__name")


class StaffAdmin(admin.ModelAdmin):
    list_display = ("username", "email", "is_staff")
    sortable_by = ("username", "is_staff")
    fields = ("username", "display_name", "email", "is_staff")


site = admin.AdminSite()
site.register(Inquiry, InquiryAdmin)
site.register(Note, SearchAdmin)
site.register(Staff, StaffAdmin)


class Whole(serializers.ModelSerializer):
    class Meta:
        model = Inquiry
        fields = "__all__"


class Named(serializers.ModelSerializer):
    name = serializers.CharField(max_length=20)
    email = serializers.EmailField()

    class Meta:
        model = Inquiry
        fields = ("id", "name", "email", "state")


class Inquiries(viewsets.ModelViewSet):
    queryset = Inquiry.objects.order_by("pk")
    serializer_class = Named
    permission_classes = (AllowAny,)


class WholeInquiries(Inquiries):
    serializer_class = Whole


router = DefaultRouter()
router.register("named", Inquiries, basename="named")
router.register("whole", WholeInquiries, basename="whole")

urlpatterns = [
    *gate.purpose_urls("serve", [path("admin/", site.urls)]),
    *gate.purpose_urls("serve", [path("api/", include(router.urls))]),
    *gate.purpose_urls("serve", [path("cms/", include(wagtail_urls))]),
]
